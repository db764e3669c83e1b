"""Formats of providers' keys and tokens."""

import base64
import re
from typing import Final

from detectors.privacy.word_list import words

_KEY_FORMATS: Final = (
    # Cloud
    r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}",
    r"ABSK[A-Za-z0-9+/]{60,300}={0,2}",
    r"AIza[\w-]{35}",
    r"ya29\.[\w.-]{20,300}",
    r"GOCSPX-[\w-]{28}",
    r"LTAI[A-Za-z0-9]{12,24}",
    r"AKID[A-Za-z0-9]{32}",
    r"do[opr]_v1_[a-f0-9]{64}",
    r"dapi[a-f0-9]{32}(?:-\d)?",
    r"fo1_[\w-]{43}|fm[12][ar]?_[A-Za-z0-9+/]{60,300}",
    r"HRKU-[\w-]{30,80}",
    r"pul-[a-f0-9]{40}",
    r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,60}",
    r"hv[sbr]\.[\w-]{24,300}",
    r"v1\.0-[a-f0-9]{24}-[a-f0-9]{100,160}",
    r"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[\w%+/=-]{0,2000}",
    r"AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59}",
    r"4b1d[A-Za-z0-9]{38}",
    r"sha256~[\w-]{43}",
    r"pscale_(?:tkn|oauth|pw)_[\w=.-]{32,64}",
    r"dnkey-[\w=-]{26}-[\w=-]{52}",
    r"tk-us-[\w-]{48}",
    r"AQVN[\w-]{35,38}|t1\.[\w-]{1,300}={0,2}\.[\w-]{86}={0,2}",
    r"EAACEdEose0cBA\w{20,300}|EAA[A-Za-z0-9]{90,300}",
    # Code and packages
    r"gh[pousr]_[A-Za-z0-9]{30,255}",
    r"github_pat_\w{30,100}",
    r"gl(?:pat|dt|ft|rt|oas|agent|cbt|ptt|imt|soat|ffct)-[\w.-]{20,300}",
    r"GR1348941[\w-]{20,30}",
    r"npm_[A-Za-z0-9]{36}",
    r"oy2[a-z0-9]{43}",
    r"API-[A-Z0-9]{26}",
    r"(?:pat|sat)\.[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}",
    r"pnu_[A-Za-z0-9]{36}",
    r"ico-[A-Za-z0-9]{32}",
    r"s-s4t2(?:ud|af)-[a-fA-F0-9]{64}",
    r"sgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}",
    r"squ_[a-f0-9]{40}|sq[pa]_[a-f0-9]{40}",
    r"dt0[a-z]\d\d\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}",
    r"rdme_[a-z0-9]{70}",
    r"pypi-[\w-]{50,300}",
    r"rubygems_[a-f0-9]{48}",
    r"dckr_(?:pat|oat)_[\w-]{20,80}",
    r"NRAK-[A-Za-z0-9]{27}|NRII-[\w-]{32}|NRJS-[a-f0-9]{19}",
    r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
    r"sntry[su]_[\w+/=.-]{40,600}",
    r"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,300}={0,3}",
    r"ATATT3[\w=.-]{60,300}|ATBB[\w]{24,40}",
    r"lin_api_[A-Za-z0-9]{40}|lin_oauth_[a-f0-9]{64}",
    r"figd_[\w-]{36,60}",
    r"CLOJARS_[a-z0-9]{60}",
    r"vercel_[\w-]{20,60}|vc[pkair]_[\w]{40,80}",
    r"sbp_[a-f0-9]{40}|sb_secret_[\w-]{20,60}",
    # Models
    r"sk-ant-[\w-]{20,200}",
    r"sk-(?:proj|svcacct|admin|None|or-v1|lf)-[\w-]{20,300}",
    r"sk-[A-Za-z0-9]{20,64}",
    r"hf_[A-Za-z0-9]{30,40}|api_org_[A-Za-z0-9]{34}",
    r"gsk_[A-Za-z0-9]{40,60}",
    r"xai-[A-Za-z0-9]{60,100}",
    r"pplx-[A-Za-z0-9]{40,60}",
    r"r8_[A-Za-z0-9]{30,45}",
    r"nvapi-[\w-]{60,80}",
    r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}",
    # Money and shops
    r"[srp]k_(?:live|test|prod)_[A-Za-z0-9]{10,250}",
    r"whsec_[A-Za-z0-9+/=]{24,80}",
    r"sq0(?:atp|csp|idp)-[\w-]{22,60}",
    r"shp(?:at|ca|pa|ss|ua)_[a-fA-F0-9]{32}",
    r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}",
    r"rzp_(?:live|test)_[A-Za-z0-9]{14,24}",
    r"FLW(?:SECK|PUBK)(?:_TEST)?-[A-Za-z0-9-]{12,60}",
    r"EZ[AT]K[A-Za-z0-9]{54}",
    r"EAAA[\w-]{18,60}",
    r"duffel_(?:test|live)_[\w=-]{43}",
    r"shippo_(?:live|test)_[a-fA-F0-9]{40}",
    r"sm_[aps]at_[A-Za-z0-9]{16}",
    r"(?:live|test)_(?:pub_)?[a-f0-9]{31,40}",
    r"access-(?:sandbox|development|production)-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}",
    # Messages and mail
    r"xox[abceoprs]-[A-Za-z0-9-]{10,250}|xoxe\.xox[bp]-\d-[A-Za-z0-9]{100,250}",
    r"xapp-\d-[A-Za-z0-9-]{20,250}",
    r"SG\.[\w-]{16,32}\.[\w-]{32,64}|SG\.[\w=.-]{66}",
    r"(?:pub)?key-[a-f0-9]{32}",
    r"xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}",
    r"(?:SK|AC)[a-fA-F0-9]{32}",
    r"[A-Za-z0-9]{32}-us\d{1,2}",
    r"[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,45}",
    r"secret_[A-Za-z0-9]{40,50}|ntn_[A-Za-z0-9]{40,60}",
    r"tfp_[\w.=-]{40,70}",
    r"fio-u-[\w=-]{64}",
    r"p8e-[A-Za-z0-9]{32}",
    r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}",
    r"[ps]k\.eyJ[\w-]{20,200}\.[\w-]{22}|[ps]k\.[a-z0-9]{60}\.[a-z0-9]{22}",
    r"(?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9-]{10,32}"
    r"\.[\w+/=-]{30,120}",
    # Formats that many use
    r"eyJ[\w-]{8,}={0,2}\.[\w-]{8,}={0,2}(?:\.[\w-]*)?",
    r"AGE-SECRET-KEY-1[A-Z0-9]{58}",
    r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}",
    r"eyJrIjoi[A-Za-z0-9]{70,400}={0,3}",
    r"ops_eyJ[A-Za-z0-9+/]{100,}={0,3}",
)

KEY: Final = re.compile(rf"(?:{'|'.join(_KEY_FORMATS)})(?![A-Za-z0-9])", re.ASCII)
"""A provider's key, from the beginning of a token. Every repetition is of one class of characters
and at one place, so a failing match costs at most its length."""

_DISCORD: Final = tuple(
    base64.b64encode(f"{digits}0".encode())[:3].decode() for digits in range(10, 100)
)
"""A bot's token begins with its number, in base64."""

PREFIXES: Final = _DISCORD + words(
    """
AKI ASI ABI ACC A3T ABS AIz ya2 GOC LTA doo_ dop_ dor_ dap fo1 fm1 fm2 HRK pul dp. hvs hvb hvr v1.
EAA ghp gho ghu ghs ghr git glp gld glf glr glo gla glc gli gls npm pyp rub dck NRA NRI NRJ PMA snt
ATA ATB lin fig CLO ver vcp vck vca vci vcr sbp sb_ sk- hf_ api gsk xai ppl r8_ nva lsv sk_ rk_ pk_
whs sq0 shp acc rzp FLW xox xap SG. key xke SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd
SKe SKf SKA SKB SKC SKD SKE SKF ACA ACB ACC ACD ACE ACF AC0 AC1 AC2 AC3 AC4 AC5 AC6 AC7 AC8 AC9 ACa ACb ACc ACd ACe ACf sec ntn tfp eyJ AGE A3- ops
bed AKC cmV 4b1 sha psc dnk tk- AQV t1. GR1 oy2 API pat sat pnu ico s-s sgp squ sqp sqa dt0 rdm
EZA EZT duf shi sm_ liv tes acc pub fio p8e pk. sk. sc_ ext sca aut
"""
)
"""How their tokens begin, three characters at least: what the scan looks for."""
