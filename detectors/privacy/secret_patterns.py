"""Formats of providers' keys and tokens."""

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
    r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70}",
    r"EAACEdEose0cBA\w{20,300}|EAA[A-Za-z0-9]{90,300}",
    # Code and packages
    r"gh[pousr]_[A-Za-z0-9]{30,255}",
    r"github_pat_\w{30,100}",
    r"gl(?:pat|dt|ft|rt|oas|agent|cbt|ptt|imt|soat|ffct)-[\w.-]{20,300}",
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[\w-]{50,300}",
    r"rubygems_[a-f0-9]{48}",
    r"dckr_(?:pat|oat)_[\w-]{20,80}",
    r"NRAK-[A-Z0-9]{27}|NRII-[\w-]{32}|NRJS-[a-f0-9]{19}",
    r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
    r"sntry[su]_[\w+/=.-]{40,300}",
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
    r"sq0(?:atp|csp|idp)-[\w-]{22,50}",
    r"shp(?:at|ca|pa|ss|ua)_[a-fA-F0-9]{32}",
    r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}",
    r"rzp_(?:live|test)_[A-Za-z0-9]{14,24}",
    r"FLWSECK(?:_TEST)?-[A-Za-z0-9-]{12,60}",
    # Messages and mail
    r"xox[abeoprs]-[A-Za-z0-9-]{10,250}|xoxe\.xox[bp]-\d-[A-Za-z0-9]{100,250}",
    r"xapp-\d-[A-Za-z0-9-]{20,250}",
    r"SG\.[\w-]{16,32}\.[\w-]{32,64}",
    r"key-[a-f0-9]{32}",
    r"xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}",
    r"SK[a-f0-9]{32}|AC[a-f0-9]{32}",
    r"[A-Za-z0-9]{32}-us\d{1,2}",
    r"[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,45}",
    r"secret_[A-Za-z0-9]{40,50}|ntn_[A-Za-z0-9]{40,60}",
    r"tfp_[\w.=-]{40,70}",
    # Formats that many use
    r"eyJ[\w-]{8,}={0,2}\.[\w-]{8,}={0,2}(?:\.[\w-]*)?",
    r"AGE-SECRET-KEY-1[A-Z0-9]{58}",
    r"A3-[A-Z0-9]{6}-[A-Z0-9]{6}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}",
    r"ops_eyJ[A-Za-z0-9+/]{100,}={0,3}",
)

KEY: Final = re.compile(rf"(?:{'|'.join(_KEY_FORMATS)})(?![A-Za-z0-9])", re.ASCII)
"""A provider's key, from the beginning of a token. Every repetition is of one class of characters
and at one place, so a failing match costs at most its length."""

PREFIXES: Final = words(
    """
AKI ASI ABI ACC A3T ABS AIz ya2 GOC LTA doo_ dop_ dor_ dap fo1 fm1 fm2 HRK pul dp. hvs hvb hvr v1.
EAA ghp gho ghu ghs ghr git glp gld glf glr glo gla glc gli gls npm pyp rub dck NRA NRI NRJ PMA snt
ATA ATB lin fig CLO ver vcp vck vca vci vcr sbp sb_ sk- hf_ api gsk xai ppl r8_ nva lsv sk_ rk_ pk_
whs sq0 shp acc rzp FLW xox xap SG. key xke SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd
SKe SKf AC0 AC1 AC2 AC3 AC4 AC5 AC6 AC7 AC8 AC9 ACa ACb ACc ACd ACe ACf sec ntn tfp eyJ AGE A3- ops
"""
)
"""How their tokens begin, three characters at least: what the scan looks for."""
